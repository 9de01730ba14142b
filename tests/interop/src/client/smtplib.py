import smtplib
import ssl
import sys

host, port, mode, ca, mechanism, user, password, sender, recipient, feature, path = sys.argv[1:]
context = None if mode == "Clear" else ssl.create_default_context(cafile=ca)
if mode == "ImplicitTls":
    smtp = smtplib.SMTP_SSL(host, int(port), "client.example", timeout=120, context=context)
else:
    smtp = smtplib.SMTP(host, int(port), "client.example", timeout=120)
with smtp:
    if mode in ("StartTls", "Submission"):
        smtp.starttls(context=context)
    smtp.ehlo()
    if mechanism:
        smtp.user, smtp.password = user, password
        exchange = {"PLAIN": smtp.auth_plain, "LOGIN": smtp.auth_login}[mechanism]
        # In LOGIN the server asks first: an initial response is 501.
        code, text = smtp.auth(mechanism, exchange, initial_response_ok=mechanism != "LOGIN")
        assert code == 235, (code, text)
    for_mail, for_rcpt = ["BODY=8BITMIME"], []
    if feature == "Utf8":
        for_mail.append("SMTPUTF8")
    if feature == "Dsn":
        for_mail += ["RET=HDRS", "ENVID=interop+2D1"]
        for_rcpt += ["NOTIFY=SUCCESS,FAILURE", "ORCPT=rfc822;Bee+2Bx@rcpt.example"]
    refused = smtp.sendmail(sender, [recipient], open(path, "rb").read(), for_mail, for_rcpt)
    assert not refused, refused
