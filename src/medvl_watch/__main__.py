"""`python -m medvl_watch` is the same as `medvl-watch`."""

import sys

from medvl_watch.cli.app import main

sys.exit(main())
