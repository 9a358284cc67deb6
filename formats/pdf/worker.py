"""The process that prints one long invoice: a Job on standard input, the PDF on standard output.

python -I -m formats.pdf.worker BYTES_OF_MEMORY < job > page.pdf
"""

import resource
import sys

import msgspec

from formats.pdf.press import LETTER_MISSING, OUT_OF_MEMORY, Job, LetterMissing, Press


def main() -> None:
    """Print one job within the limit of memory; a process over it dies, and nobody else does."""
    limit = int(sys.argv[1])
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (limit if hard == resource.RLIM_INFINITY else min(limit, hard), hard))
    try:
        job = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=Job)
        sys.stdout.buffer.write(Press().run(job))
    except MemoryError:
        sys.exit(OUT_OF_MEMORY)
    except LetterMissing as missing:
        sys.stderr.write(str(missing))
        sys.exit(LETTER_MISSING)


if __name__ == "__main__":
    main()
