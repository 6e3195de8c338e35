// An authorization server for the interop tests: oidc-provider on a loopback port, with a ledger.
//
//   node server.mjs '{"clients": [...], "access_token_ttl": 60}'
//
// Prints one line of JSON, {"issuer": "http://127.0.0.1:<port>"}, once it listens. Everything else
// that it or the library has to say goes to stderr. Ends with SIGTERM and when its stdin closes, so
// that it cannot outlive the run that started it. State is in memory; keys are made at start.
//
//   GET  /_secrets  the codes, tokens, secrets and assertions that it saw
//   GET  /_ledger   what was asked of the authorization endpoint, and of those for programs
//   POST /_delay    {"ms": n}: from now on, token responses are sent n milliseconds late

import { createHash, generateKeyPairSync, randomBytes } from "node:crypto";
import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";

console.info = console.log = console.error;
// NOTE: imported only now, because the library writes its notices to stdout.
const { default: Provider, errors } = await import("oidc-provider");

const MAXIMUM_DELAY_MS = 5000;
const HOUR = 3600;
const ENDPOINTS = new Map([
  ["GET /auth", "authorization"],
  ["POST /token", "token"],
  ["POST /token/revocation", "revocation"],
  ["POST /token/introspection", "introspection"],
]);

const options = JSON.parse(process.argv[2] ?? process.env.PROVIDER_OPTIONS ?? "{}");
const ledger = [];
// What nobody else may be told: a test searches everything for it.
const secrets = new Set();
const SECRET = [
  "code", "code_verifier", "refresh_token", "access_token", "id_token", "token", "client_secret",
  "client_assertion",
];
let delayMs = 0;

function configuration() {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const signingKey = { ...privateKey.export({ format: "jwk" }), alg: "RS256", use: "sig" };
  return {
    clients: options.clients ?? [],
    claims: { email: ["email", "email_verified"], profile: ["name"] },
    cookies: { keys: [randomBytes(32).toString("base64url")] },
    expiresWithSession: () => false,
    features: {
      devInteractions: { enabled: true },
      introspection: { enabled: true },
      resourceIndicators: {
        enabled: options.resources !== undefined,
        getResourceServerInfo: (_ctx, identifier) => resourceServer(identifier),
      },
      revocation: { enabled: true },
      userinfo: { enabled: true },
      ...options.features,
    },
    findAccount: (_ctx, sub) => ({ accountId: sub, claims: () => claimsOf(sub) }),
    issueRefreshToken: (_ctx, client) =>
      (options.issue_refresh_token ?? true) && client.grantTypeAllowed("refresh_token"),
    jwks: { keys: [signingKey] },
    pkce: { required: () => true },
    rotateRefreshToken: options.rotate_refresh_token ?? true,
    scopes: ["openid", "offline_access", ...(options.scopes ?? [])],
    ttl: {
      AccessToken: options.access_token_ttl ?? HOUR,
      AuthorizationCode: options.authorization_code_ttl ?? 60,
      Grant: 24 * HOUR,
      IdToken: HOUR,
      Interaction: HOUR,
      RefreshToken: options.refresh_token_ttl ?? 24 * HOUR,
      Session: 24 * HOUR,
    },
  };
}

function resourceServer(identifier) {
  if (!options.resources.includes(identifier)) throw new errors.InvalidTarget();
  return { audience: identifier, scope: (options.scopes ?? []).join(" ") };
}

function claimsOf(sub) {
  return { sub, name: `The account ${sub}`, email: `${sub}@example.com`, email_verified: true };
}

// Entries stand in the order of arrival and are complete before the answer leaves: what a client
// has an answer to is in the ledger, also where it hung up while the answer was delayed.
async function keepLedger(ctx, next) {
  const endpoint = ENDPOINTS.get(`${ctx.method} ${ctx.path}`);
  if (!endpoint) return next();
  const entry = { endpoint };
  ledger.push(entry);
  await next();
  const sent = ctx.oidc?.body ?? ctx.query;
  entry.client_id = ctx.oidc?.client?.clientId ?? null;
  entry.grant_type = sent.grant_type ?? null;
  entry.resource = sent.resource ?? null;
  entry.fingerprint = fingerprint(sent.code ?? sent.refresh_token ?? sent.token);
  if (endpoint !== "authorization") Object.assign(entry, authentication(ctx, sent));
  entry.status = ctx.status;
  entry.error = ctx.body?.error ?? null;
  entry.active = ctx.body?.active ?? null;
  for (const name of SECRET) {
    for (const value of [sent[name], ctx.body?.[name]]) {
      if (typeof value === "string") secrets.add(value);
    }
  }
  if (endpoint === "token") await sleep(delayMs);
}

// How the client showed who it is, by what it sent: oidc-provider refuses whoever does so twice.
function authentication(ctx, { client_secret, client_assertion }) {
  if (ctx.headers.authorization !== undefined) return { authentication: "client_secret_basic" };
  if (client_secret !== undefined) return { authentication: "client_secret_post" };
  if (client_assertion === undefined) return { authentication: "none" };
  const header = Buffer.from(client_assertion.split(".")[0], "base64url");
  return { authentication: "client_assertion", assertion: JSON.parse(header) };
}

function fingerprint(credential) {
  if (typeof credential !== "string") return null;
  return createHash("sha256").update(credential).digest("hex").slice(0, 12);
}

function counts() {
  const counted = {};
  for (const { endpoint, grant_type } of ledger) {
    const key = grant_type ? `${endpoint}:${grant_type}` : endpoint;
    counted[key] = (counted[key] ?? 0) + 1;
  }
  return counted;
}

async function setDelay(request) {
  const { ms } = JSON.parse(await text(request));
  if (!Number.isInteger(ms) || ms < 0 || ms > MAXIMUM_DELAY_MS) return 400;
  delayMs = ms;
  return 204;
}

async function answer(request, response, provide) {
  if (request.method === "GET" && request.url === "/_ledger") {
    response.setHeader("Content-Type", "application/json");
    response.end(JSON.stringify({ entries: ledger, counts: counts() }));
  } else if (request.method === "GET" && request.url === "/_secrets") {
    response.setHeader("Content-Type", "application/json");
    response.end(JSON.stringify([...secrets]));
  } else if (request.method === "POST" && request.url === "/_delay") {
    response.writeHead(await setDelay(request).catch(() => 400)).end();
  } else {
    provide(request, response);
  }
}

process.once("SIGTERM", () => process.exit(0));
process.stdin.resume().once("close", () => process.exit(0));

const server = createServer();
server.listen(options.port ?? 0, "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, configuration());
  provider.use(keepLedger);
  const provide = provider.callback();
  server.on("request", (request, response) => answer(request, response, provide));
  process.stdout.write(`${JSON.stringify({ issuer })}\n`);
});
