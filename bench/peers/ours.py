"""The product under waitress, as a process that can be measured."""

import os

from waitress import serve

from app import create_app

serve(create_app(), listen=f"127.0.0.1:{os.environ['PORT']}", threads=4)
