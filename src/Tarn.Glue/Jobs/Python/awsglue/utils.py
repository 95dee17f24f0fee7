"""The arguments of a job run, as scripts for AWS Glue read them."""

import argparse
import sys

_BOOKMARKS = ("job-bookmark-enable", "job-bookmark-disable", "job-bookmark-pause")

# Glue's own; every result holds them, and a script may not ask for them by name.
_OWN = (
    "job-bookmark-option", "job-bookmark-from", "job-bookmark-to", "continuation-option", "JOB_ID", "JOB_RUN_ID",
    "SECURITY_CONFIGURATION", "encryption-type", "enable-data-lineage")
_FOLDERS = ("TempDir", "RedshiftTempDir")


class GlueArgumentError(Exception):
    """An argument that is missing, or that cannot be given."""


class _Parser(argparse.ArgumentParser):
    def error(self, message):
        raise GlueArgumentError(message)


def getResolvedOptions(args, options):
    """The values of the arguments in `options`, each `--NAME VALUE` in `args`, by name; all of them must be there but the temporary folders.

    Raises GlueArgumentError for one that is absent and for names that are Glue's own. Other arguments are passed over.
    """
    refused = [name for name in options if name in _OWN]
    if refused:
        raise GlueArgumentError("Using reserved arguments: " + ", ".join(refused))

    parser = _Parser(prog=sys.argv[0], allow_abbrev=False, add_help=False)
    for name in _OWN:
        parser.add_argument("--" + name)
    for name in _FOLDERS:
        parser.add_argument("--" + name)
    for name in dict.fromkeys(options):
        if name not in _FOLDERS:
            # An argument without a value is an empty one: StartJobRun takes both.
            parser.add_argument("--" + name, required=True, nargs="?", const="")
    found, _ = parser.parse_known_args(args[1:])
    result = vars(found)

    result.pop("continuation_option")
    bookmark = result["job_bookmark_option"] = result["job_bookmark_option"] or "job-bookmark-disable"
    if bookmark not in _BOOKMARKS:
        raise GlueArgumentError("argument --job-bookmark-option: invalid choice: " + repr(bookmark))
    bounds = [result["job_bookmark_from"], result["job_bookmark_to"]]
    if any(bounds) and bookmark != "job-bookmark-pause":
        raise GlueArgumentError("Invalid job bookmark option(s): --job-bookmark-from and --job-bookmark-to need job-bookmark-pause")
    if any(bounds) and not all(bounds):
        raise GlueArgumentError("Invalid job bookmark option(s): --job-bookmark-from and --job-bookmark-to go together")

    folder = result["TempDir"] or result["RedshiftTempDir"] or ""
    result["TempDir"] = result["RedshiftTempDir"] = folder
    return result
