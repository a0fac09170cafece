output "url" {
  description = "The address of the load balancer, for which the certificate needs a name of its own."
  value       = "https://${aws_lb.service.dns_name}"
}

output "service_arn" {
  description = "The ECS service."
  value       = aws_ecs_service.service.arn
}
