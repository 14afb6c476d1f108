"""Pure steps from pages to claims: frames in, frames out, nothing of the world touched."""
