"""A certificate authority for one run, and the certificate that the run's own servers show."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from labs.servers.trouble import ServerTroubleError

_SETTINGS = """\
[req]
distinguished_name = name
prompt = no
[name]
CN = ElastiCache labs
[authority]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[server]
basicConstraints = critical, CA:false
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
subjectAltName = IP:127.0.0.1, DNS:localhost
"""
_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-config", "openssl.cnf")
_DAYS = ("-days", "2")


@dataclass(frozen=True, slots=True)
class Certificate:
    """Three files: the authority's certificate, the server's, and the server's key."""

    authority: Path
    file: Path
    key: Path


def make_certificate(folder: Path) -> Certificate:
    """Make the files in a folder, by the openssl program. Raises ServerTroubleError."""
    program = shutil.which("openssl")
    if program is None:
        raise ServerTroubleError(
            "TLS에 쓸 인증서를 만들지 못했습니다. PATH에서 `openssl`을 찾았습니다. "
            "`apt-get install openssl`이나 `brew install openssl`로 설치하세요."
        )
    (folder / "openssl.cnf").write_text(_SETTINGS, encoding="utf-8")
    for words in (
        ("req", "-x509", *_KEY, *_DAYS, "-extensions", "authority", "-keyout", "ca.key", "-out", "ca.crt"),
        ("req", *_KEY, "-keyout", "server.key", "-out", "server.csr"),
        (
            *("x509", "-req", *_DAYS, "-in", "server.csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-set_serial", "1"),
            *("-extfile", "openssl.cnf", "-extensions", "server", "-out", "server.crt"),
        ),
    ):
        done = subprocess.run([program, *words], cwd=folder, capture_output=True, check=False)
        if done.returncode:
            said = done.stderr.decode(errors="replace").strip().splitlines()
            raise ServerTroubleError(
                f"`openssl {words[0]}`이(가) 인증서를 만들지 못했습니다(`{said[-1] if said else ''}`). "
                "`openssl version`을 확인하세요."
            )
    return Certificate(folder / "ca.crt", folder / "server.crt", folder / "server.key")
