"""Orchestration and everything that touches the world: flows, tasks, files, models, settings, the command."""
