"""Small PDF files for tests, made of text alone."""

import io
from pathlib import Path

from pypdf import PdfReader, PdfWriter


def make_pdf(pages: list[list[str]], title: str = "") -> bytes:
    """A PDF of those pages, each a list of lines from top to bottom; ASCII without brackets."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", "", "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
    kids = []
    for lines in pages:
        shown = "".join(f"({line}) Tj 0 -16 Td " for line in lines)
        stream = f"BT /F1 12 Tf 50 780 Td {shown}ET"
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
        fonts = "<< /Font << /F1 3 0 R >> >>"
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources {fonts} /Contents {len(objects)} 0 R >>"
        )
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>"
    objects.append(f"<< /Title ({title}) /CreationDate (D:20260105120000Z) >>")
    out, places = io.BytesIO(b""), []
    out.write(b"%PDF-1.4\n")
    for number, text in enumerate(objects, 1):
        places.append(out.tell())
        out.write(f"{number} 0 obj\n{text}\nendobj\n".encode())
    start = out.tell()
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    size = len(objects) + 1
    out.write(f"xref\n0 {size}\n0000000000 65535 f \n{table}".encode())
    out.write(f"trailer\n<< /Size {size} /Root 1 0 R /Info {len(objects)} 0 R >>\nstartxref\n{start}\n%%EOF\n".encode())
    return out.getvalue()


def write_encrypted_pdf(path: Path) -> None:
    """A PDF that wants a password."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(make_pdf([["Nobody may read this."]]))))
    writer.encrypt("not told", algorithm="RC4-128")
    writer.write(path)


def write_pdf_with_bookmarks(path: Path, pages: list[list[str]], bookmarks: dict[int, str]) -> None:
    """A PDF whose bookmarks name pages (from 1)."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(make_pdf(pages))))
    for page, title in bookmarks.items():
        writer.add_outline_item(title=title, page_number=page - 1)
    writer.write(path)
