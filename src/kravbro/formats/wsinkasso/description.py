"""The description of the service for those who call it: WSDL 1.1 with the schema inside, so that nothing is fetched."""

from __future__ import annotations

from importlib import resources

from lxml import etree

from kravbro.formats.wsinkasso.fields import NAMESPACE
from kravbro.formats.wsinkasso.operations import OPERATIONS, Operation

WSDL = "http://schemas.xmlsoap.org/wsdl/"
SOAP = "http://schemas.xmlsoap.org/wsdl/soap/"
HTTP = "http://schemas.xmlsoap.org/soap/http"
XS = "http://www.w3.org/2001/XMLSchema"
SERVICE, PORT, BINDING = "WSinkasso", "WSinkassoSoap11", "WSinkassoSoap11"
_PORT_TYPE = "WSinkassoPort"


def schema_bytes() -> bytes:
    """The schema as it is shipped."""
    return (resources.files("kravbro.formats.wsinkasso") / "wsinkasso.xsd").read_bytes()


def action(one: Operation) -> str:
    """What a call says that it is, in the HTTP header `SOAPAction`."""
    return f"{NAMESPACE}:{one.name}"


def description(address: str) -> bytes:
    """The WSDL of a service at an address (an absolute URL)."""
    schema = etree.fromstring(schema_bytes())
    root = etree.Element(
        f"{{{WSDL}}}definitions",
        name=SERVICE,
        targetNamespace=NAMESPACE,
        nsmap={"wsdl": WSDL, "soap": SOAP, "t": NAMESPACE, "xs": XS},
    )
    etree.SubElement(root, f"{{{WSDL}}}types").append(schema)
    for one in OPERATIONS:
        _message(root, one.name, one.name)
        _message(root, one.answer, one.answer)
    _message(root, "Feil", "Feil")
    _port_type(root, _explained(schema))
    _binding(root)
    service = etree.SubElement(root, f"{{{WSDL}}}service", name=SERVICE)
    port = etree.SubElement(service, f"{{{WSDL}}}port", name=PORT, binding=f"t:{BINDING}")
    etree.SubElement(port, f"{{{SOAP}}}address", location=address)
    etree.indent(root)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _explained(schema: etree._Element) -> dict[str, str]:
    """What the schema says of each element at its top."""
    path = f"{{{XS}}}annotation/{{{XS}}}documentation"
    return {found.get("name", ""): found.findtext(path, "") for found in schema.iterfind(f"{{{XS}}}element")}


def _message(root: etree._Element, name: str, element: str) -> None:
    made = etree.SubElement(root, f"{{{WSDL}}}message", name=name)
    etree.SubElement(made, f"{{{WSDL}}}part", name="innhold", element=f"t:{element}")


def _port_type(root: etree._Element, explained: dict[str, str]) -> None:
    port_type = etree.SubElement(root, f"{{{WSDL}}}portType", name=_PORT_TYPE)
    for one in OPERATIONS:
        operation = etree.SubElement(port_type, f"{{{WSDL}}}operation", name=one.name)
        etree.SubElement(operation, f"{{{WSDL}}}documentation").text = explained[one.name]
        etree.SubElement(operation, f"{{{WSDL}}}input", message=f"t:{one.name}")
        etree.SubElement(operation, f"{{{WSDL}}}output", message=f"t:{one.answer}")
        etree.SubElement(operation, f"{{{WSDL}}}fault", name="Feil", message="t:Feil")


def _binding(root: etree._Element) -> None:
    binding = etree.SubElement(root, f"{{{WSDL}}}binding", name=BINDING, type=f"t:{_PORT_TYPE}")
    etree.SubElement(binding, f"{{{SOAP}}}binding", transport=HTTP, style="document")
    for one in OPERATIONS:
        operation = etree.SubElement(binding, f"{{{WSDL}}}operation", name=one.name)
        etree.SubElement(operation, f"{{{SOAP}}}operation", soapAction=action(one))
        for part in ("input", "output"):
            etree.SubElement(etree.SubElement(operation, f"{{{WSDL}}}{part}"), f"{{{SOAP}}}body", use="literal")
        fault = etree.SubElement(operation, f"{{{WSDL}}}fault", name="Feil")
        etree.SubElement(fault, f"{{{SOAP}}}fault", name="Feil", use="literal")
