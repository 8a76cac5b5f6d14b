"""Python client of Landfall, the self-hosted platform for earth imagery.

    from landfall_sdk import Landfall

    client = Landfall()
    done = client.upload_file("scene.tif", project="prj_…")
    for item in client.search("prj_…", bbox=[-35, -9, -34, -8]):
        client.download(item, to="scenes/")
"""

from . import errors
from .client import AuthenticatedClient, Client
from .errors import ApiError, LandfallError
from .landfall import AsyncLandfall, Geopera, Landfall
from .redaction import install as _install
from .remote_file import RemoteFile
from .retries import RetryPolicy
from .search import Search
from .transfer.progress import Progress
from .version import VERSION as __version__

__all__ = ("ApiError", "AsyncLandfall", "AuthenticatedClient", "Client", "Geopera", "Landfall", "LandfallError", "Progress", "RemoteFile",
           "RetryPolicy", "Search", "__version__", "errors")

_install()
