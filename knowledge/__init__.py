"""Sourced, dated facts as data: devices, models, licences, prices, practice."""
