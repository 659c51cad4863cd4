// A certified OpenID provider as the bank's would be: PKCE demanded, one confidential client, ID tokens with roles.
// Its people are a JSON file, { "name": { "name": "...", "roles": [...] } }, read at each log-in; keys are new at each start.
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import Provider from 'oidc-provider';

const { ISSUER, CLIENT_ID, CLIENT_SECRET, REDIRECT_URI, LOGGED_OUT_URI, PEOPLE } = process.env;

function signingKey() {
  const key = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' });
  return { ...key, kid: randomUUID(), use: 'sig', alg: 'RS256' };
}

const provider = new Provider(ISSUER, {
  clients: [
    {
      client_id: CLIENT_ID,
      client_secret: CLIENT_SECRET,
      redirect_uris: [REDIRECT_URI],
      post_logout_redirect_uris: [LOGGED_OUT_URI],
    },
  ],
  claims: { openid: ['sub'], profile: ['name', 'roles'] },
  conformIdTokenClaims: false,
  cookies: { keys: [randomUUID()] },
  features: { devInteractions: { enabled: true }, rpInitiatedLogout: { enabled: true } },
  async findAccount(_ctx, sub) {
    const person = JSON.parse(readFileSync(PEOPLE, 'utf8'))[sub];
    return person && { accountId: sub, claims: () => ({ sub, ...person }) };
  },
  jwks: { keys: [signingKey()] },
  pkce: { required: () => true },
  ttl: { AccessToken: 600, AuthorizationCode: 60, Grant: 600, IdToken: 600, Interaction: 600, Session: 600 },
});

const { hostname, port } = new URL(ISSUER);
provider.listen(Number(port), hostname);
