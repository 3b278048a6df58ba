// Shows openapi.json, and asks what a reader fills in. All texts are set as text: nothing in an answer can become markup.
"use strict";

const make = (tag, text, name) => {
  const element = document.createElement(tag);
  if (text !== undefined) element.textContent = text;
  if (name) element.className = name;
  return element;
};

const follow = (whole, part) =>
  part && part.$ref ? part.$ref.slice(2).split("/").reduce((at, step) => at[step], whole) : part;

const typeOf = (schema) => {
  if (!schema) return "";
  if (schema.$ref) return schema.$ref.split("/").pop();
  if (schema.anyOf) return schema.anyOf.map(typeOf).join(" or ");
  if (schema.enum) return schema.enum.join(", ");
  if (schema.type === "array") return `list of ${typeOf(schema.items) || "anything"}`;
  const span = schema.minimum === undefined ? "" : ` from ${schema.minimum}`;
  const to = schema.maximum === undefined ? "" : ` to ${schema.maximum}`;
  return `${[].concat(schema.type || "anything").join(" or ")}${schema.format ? ` (${schema.format})` : ""}${span}${to}`;
};

const table = (title, columns, rows) => {
  const whole = make("table");
  whole.append(make("caption", title));
  const head = whole.createTHead().insertRow();
  for (const column of columns) {
    const cell = make("th", column);
    cell.scope = "col";
    head.append(cell);
  }
  const body = whole.createTBody();
  for (const row of rows) {
    const line = body.insertRow();
    for (const cell of row) line.append(make("td", cell));
  }
  return whole;
};

const recordsOf = (whole, schema, seen = new Map()) => {
  for (const part of [schema, schema.items, schema.additionalProperties, ...(schema.anyOf || []), ...(schema.prefixItems || [])]) {
    if (!part || typeof part !== "object") continue;
    if (part.$ref && !seen.has(typeOf(part))) {
      const record = follow(whole, part);
      seen.set(typeOf(part), record);
      for (const field of Object.values(record.properties || {})) recordsOf(whole, field, seen);
    } else if (part !== schema) recordsOf(whole, part, seen);
  }
  return seen;
};

const form = (path, operation, output) => {
  const whole = make("form");
  const inputs = operation.parameters.map((parameter) => {
    const label = make("label", `${parameter.name}${parameter.required ? " (needed)" : ""}`);
    const input = make("input");
    input.name = parameter.name;
    input.required = Boolean(parameter.required);
    if (parameter.required && parameter.example !== undefined) input.value = parameter.example;
    if (parameter.schema.default !== undefined) input.placeholder = parameter.schema.default;
    label.append(document.createElement("br"), input);
    whole.append(label);
    return [parameter, input];
  });
  const button = make("button", "Try it");
  whole.append(make("br"), button);
  whole.addEventListener("submit", async (event) => {
    event.preventDefault();
    let target = path;
    const query = new URLSearchParams();
    for (const [parameter, input] of inputs) {
      if (parameter.in === "path") target = target.replace(`{${parameter.name}}`, encodeURIComponent(input.value));
      else if (input.value) query.set(parameter.name, input.value);
    }
    const asked = `${target.slice(1)}${query.size ? `?${query}` : ""}`;
    const key = document.getElementById("key").value.trim();
    output.textContent = "…";
    try {
      const answer = await fetch(asked, { headers: key ? { Authorization: `Bearer ${key}` } : {}, credentials: "omit" });
      const text = await answer.text();
      const isJson = /json/.test(answer.headers.get("Content-Type") || "");
      output.textContent = `GET ${asked}\n${answer.status} ${answer.statusText}\n\n${isJson ? JSON.stringify(JSON.parse(text), null, 2) : text}`;
    } catch (error) {
      output.textContent = String(error);
    }
  });
  return whole;
};

const show = (whole, path, method, operation) => {
  const box = make("details");
  const summary = make("summary");
  summary.append(make("span", method.toUpperCase(), "method"), make("span", path, "path"), make("br"), make("h2", operation.summary));
  box.append(summary, make("p", operation.description));
  if (operation.parameters.length)
    box.append(table("Parameters", ["name", "in", "type", "meaning"], operation.parameters.map((one) => [one.name, one.in, typeOf(one.schema), one.description])));
  box.append(table("Answers", ["status", "meaning", "type"], Object.entries(operation.responses).map(([status, said]) => {
    const response = follow(whole, said);
    return [status, response.description, Object.entries(response.content || {}).map(([media, one]) => `${media}: ${typeOf(one.schema)}`).join("; ")];
  })));
  for (const one of Object.values((operation.responses["200"] || {}).content || {}))
    for (const [name, record] of recordsOf(whole, one.schema)) {
      box.append(table(name, ["field", "type"], Object.entries(record.properties || {}).map(([field, schema]) => [field, typeOf(schema)])));
      if (record.description) box.append(make("p", record.description, "quiet"));
    }
  if (method === "get") {
    const output = make("pre", "");
    output.setAttribute("aria-live", "polite");
    output.tabIndex = 0;
    box.append(form(path, operation, output), output);
  }
  return box;
};

const start = async () => {
  const place = document.getElementById("operations");
  try {
    const whole = await (await fetch("openapi.json")).json();
    document.getElementById("about").textContent = whole.info.description;
    place.replaceChildren();
    for (const [path, methods] of Object.entries(whole.paths))
      for (const [method, operation] of Object.entries(methods)) place.append(show(whole, path, method, operation));
  } catch (error) {
    place.textContent = `The document can't be read: ${error}`;
  }
};

start();
