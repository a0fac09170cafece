/**
 * SQL of the snapshot with which a tree's folder began on its runner. While nothing is changed there, no record names another
 * one, and the server has no folder of the tree.
 */
export const BEGUN_AT_PLACE = `SELECT base ->> '$."".commit' FROM places WHERE tree_id = @tree`;
