import pytest

from relevo.core.errors import UsageError
from relevo.service.running import openapi

pytestmark = pytest.mark.slow


def test_a_folder_that_is_no_service_is_refused_in_the_runtime_s_words(tmp_path):
    with pytest.raises(UsageError, match=r"service/app\.py"):
        openapi(tmp_path, shown="service/app.py")
