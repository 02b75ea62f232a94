"""Rules as data: read, checked, compiled to durable-rules by one module, and evaluated."""
