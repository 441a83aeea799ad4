"""Camera health: whether a camera's pictures can still be believed, told from the pictures alone."""

from cart.vision.health.monitor import Health, HealthMonitor, State

__all__ = ["Health", "HealthMonitor", "State"]
