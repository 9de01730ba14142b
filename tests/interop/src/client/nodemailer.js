const fs = require("node:fs");
const nodemailer = require("nodemailer");

const [host, port, mode, ca, mechanism, user, pass, from, to, feature, path] = process.argv.slice(1);
const options = {
  host,
  port: Number(port),
  name: "client.example",
  secure: mode === "ImplicitTls",
  ignoreTLS: mode === "Clear",
  requireTLS: mode === "StartTls" || mode === "Submission",
  tls: { ca: fs.readFileSync(ca) },
};
if (mechanism) {
  options.auth = { user, pass };
  options.authMethod = mechanism;
}
const message = { envelope: { from, to: [to], use8BitMime: true }, raw: fs.readFileSync(path) };
if (feature === "Dsn") {
  message.dsn = { id: "interop 1", return: "headers", notify: ["success", "failure"], recipient: "bee@rcpt.example" };
}
nodemailer.createTransport(options).sendMail(message).then(
  (info) => console.log(info.response),
  (error) => {
    console.error(error);
    process.exitCode = 1;
  },
);
