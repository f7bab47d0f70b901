// Playwright 1.65 drives Debian's Firefox over WebDriver BiDi, but always sends a command that
// Firefox 153 does not know (emulation.setMediaFeaturesOverride). Loaded into Playwright's Node
// before its bundle (NODE_OPTIONS=--require); leaves that one command out. Colours of the system
// can then not be emulated in Firefox: tests there choose light or dark in the portal.
const Module = require("node:module");

const COMMAND =
  /await this\.(_session|_browser\._browserSession)\.send\("emulation\.setMediaFeaturesOverride", \{[^]*?\}\);/g;
const compile = Module.prototype._compile;

Module.prototype._compile = function (text, file) {
  return compile.call(this, file.endsWith("coreBundle.js") ? text.replaceAll(COMMAND, "") : text, file);
};
