"""A whole installation with made-up people, and the main job run through it once: the product's own proof."""
