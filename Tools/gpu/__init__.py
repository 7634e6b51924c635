"""What Tools/check-gpu-kernels is made of; docs/gpu.md explains it."""
