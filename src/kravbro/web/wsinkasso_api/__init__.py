"""The web service WSinkasso in front of any ledger of ours: its own process, its own port, two addresses.

`POST /wsinkasso` is a call, `GET /wsinkasso?wsdl` and `?xsd` describe it. See docs/wsinkasso_service.md.
"""
