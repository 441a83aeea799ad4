"""From a take to pictures and id masks, by Blender's Cycles in a process of its own."""
