"""The former name of `global_options`, for modules that are being rewritten."""

from mailpartner.cli.global_options import global_options as refuse_key

__all__ = ["refuse_key"]
