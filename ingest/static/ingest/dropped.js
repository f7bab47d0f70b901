// The files of a drop or a file input, folders included, each with its path.
async function readFolder(entry, path) {
  const reader = entry.createReader();
  const found = [];
  for (;;) {
    const batch = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (batch.length === 0) return found; // a reader gives at most 100 at a time
    for (const child of batch) found.push(...(await readEntry(child, path)));
  }
}

async function readEntry(entry, folder) {
  const path = folder ? `${folder}/${entry.name}` : entry.name;
  try {
    if (entry.isDirectory) return await readFolder(entry, path);
    const file = await new Promise((resolve, reject) => entry.file(resolve, reject));
    return [{ file, path }];
  } catch {
    return []; // one that the browser may not read must not hold up the others
  }
}

function isNoise({ path }) {
  return path.split("/").some((part) => part.startsWith(".") || part === "__MACOSX" || part === "Thumbs.db");
}

async function filesOfDrop(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (entries.length === 0) return [...transfer.files].map((file) => ({ file, path: file.name }));
  const found = [];
  for (const entry of entries) found.push(...(await readEntry(entry, "")));
  return found.filter((item) => !isNoise(item));
}

export function filesOfInput(input) {
  const found = [...input.files].map((file) => ({ file, path: file.webkitRelativePath || file.name }));
  input.value = ""; // the same file may be chosen again
  return found.filter((item) => !isNoise(item));
}

// Files dropped anywhere on the page. `onOver(isOver)` while some are held over it.
export function onDrop({ onOver, onFiles }) {
  let depth = 0; // dragenter and dragleave also come from the children
  const holdsFiles = (event) => event.dataTransfer?.types.includes("Files");
  const step = (event, by) => {
    if (!holdsFiles(event)) return;
    depth = Math.max(depth + by, 0);
    onOver(depth > 0);
  };
  document.addEventListener("dragover", (event) => {
    if (holdsFiles(event)) event.preventDefault();
  });
  document.addEventListener("dragenter", (event) => step(event, 1));
  document.addEventListener("dragleave", (event) => step(event, -1));
  document.addEventListener("drop", async (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    depth = 0;
    onOver(false);
    onFiles(await filesOfDrop(event.dataTransfer));
  });
}
