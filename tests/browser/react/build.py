"""The React pages under test, built from `src/` with what `package-lock.json` names."""

from pathlib import Path

from tests.support.npm import alone, fingerprint, installed, npm

__all__ = ["HERE", "built"]

HERE = Path(__file__).parent
_STAMP = HERE / "dist" / ".stamp"


def _sources() -> list[Path]:
    found = [path for path in (HERE / "src").rglob("*") if path.is_file()]
    return [
        *found,
        *HERE.glob("*.config.ts"),
        HERE / "package-lock.json",
        HERE / "tsconfig.json",
        HERE / "package.json",
    ]


async def built() -> Path:
    """The folder with the built pages. Types are checked before anything is built; nothing is done twice."""
    async with alone(HERE):
        wanted = fingerprint(_sources())
        if not _STAMP.is_file() or _STAMP.read_text() != wanted:
            await installed(HERE)
            await npm(HERE, "run", "build")
            _STAMP.write_text(wanted)
    return _STAMP.parent
