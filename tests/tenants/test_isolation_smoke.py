from tests.conftest import Cast


def test_a_login_on_one_site_is_nobody_on_another(cast: Cast) -> None:
    http = cast.anna.browser(cast.anna.owner)
    assert http.get("/studio/").status_code == 200
    elsewhere = cast.boris.browser()
    elsewhere.cookies = http.cookies
    assert elsewhere.get("/studio/").status_code == 302
