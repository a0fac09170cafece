"use client";

import { createContext, useContext } from "react";

/**
 * The element that holds what floats above a page: null for the page itself. A dialog holds its own, because the browser
 * shows nothing of the page above an open dialog.
 */
const Host = createContext<HTMLElement | null>(null);

export const FloatingHost = Host.Provider;

export const useFloatingHost = () => useContext(Host);
