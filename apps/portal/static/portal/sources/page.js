/** The page view: brings the cited words into sight. */

document.getElementById("cited")?.scrollIntoView({ block: "center" });
