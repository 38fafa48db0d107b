"""Plans of trials, their store, and the engine that works them off."""
