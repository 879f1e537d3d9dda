"""Swift's proxy as a WSGI application, so that it is served and logged like the other APIs."""

import os

from swift.common.wsgi import init_request_processor

application = init_request_processor(os.environ["REAPER_LAB_SWIFT_PROXY"], "proxy-server")[0]
