"""Clients that know nothing of Tarn, against a running Tarn. `python3 -m suite [word...]` runs the tests whose id contains a word."""
