"""The files a build reads are the files that were committed.

Neither Parquet readers nor a Delta log notice a flipped bit; the sha256 that was recorded at the commit
does. Here must not live: repairing.
"""

from collections.abc import Iterable

from pipelines.campus.paths import DataFolder
from pipelines.campus.refusal import Refusal
from pipelines.campus.snapshot import LakeFile
from pipelines.warehouse.durable import sha256_of


def check_intact(folder: DataFolder, files: Iterable[LakeFile]) -> int:
    """Compares files with their recorded hashes.

    Returns:
        How many were compared.

    Raises:
        Refusal: `lake_file_damaged` or `lake_file_missing`, with the file and the remedy.
    """
    count = 0
    for file in files:
        if not file.path.is_file():
            raise _refusal("lake_file_missing", folder, file, "is gone")
        if sha256_of(file.path) != file.sha256:
            raise _refusal("lake_file_damaged", folder, file, "is not the file that was committed")
        count += 1
    return count


def _refusal(rule: str, folder: DataFolder, file: LakeFile, what: str) -> Refusal:
    name = file.path.relative_to(folder.root) if file.path.is_relative_to(folder.root) else file.path
    days = f" --from {file.utc_date} --to {file.utc_date}" if file.utc_date else ""
    site = f" --site {file.site_id}" if file.site_id else ""
    remedy = f"Run `headroom run --rebuild{days}{site}`: it is made again from the vault"
    return Refusal(rule, f"{name} {what} (recorded sha256 {file.sha256})", remedy)
