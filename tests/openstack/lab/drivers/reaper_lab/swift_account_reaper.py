"""Swift's account reaper, told where swift.conf is: unlike the servers it looks before it reads its own file."""

import sys
from pathlib import Path

from swift.common import utils

if __name__ == "__main__":
    utils.set_swift_dir(str(Path(sys.argv[1]).parent))
    from swift.account.reaper import main

    main()
