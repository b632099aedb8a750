// Calls of the gateway's HTTP API for the person who is signed in.

const ANSWER_WITHIN_MS = 15_000;

/** A call that did not succeed: `code` is the API's, or "unavailable" where no answer came. */
export class ApiFault extends Error {
  constructor(code) {
    super(code);
    this.code = code;
  }
}

export class Api {
  #server;
  #getToken;

  /**
   * @param {string} server origin of the gateway
   * @param {(isRenewal: boolean) => Promise<string>} getToken
   */
  constructor(server, getToken) {
    this.#server = server;
    this.#getToken = getToken;
  }

  /**
   * The answer's JSON; null where there is none. Throws `ApiFault`.
   * @param {string} method
   * @param {string} path
   * @param {object} [body]
   */
  async call(method, path, body) {
    try {
      let answer = await this.#send(method, path, body, false);
      if (answer.status === 401) answer = await this.#send(method, path, body, true);
      const read = answer.status === 204 ? null : await answer.json();
      if (answer.ok) return read;
      throw new ApiFault(read?.error?.code ?? "unavailable");
    } catch (error) {
      throw error instanceof ApiFault ? error : new ApiFault("unavailable");
    }
  }

  async #send(method, path, body, isRenewal) {
    const headers = { Authorization: `Bearer ${await this.#getToken(isRenewal)}` };
    if (body) headers["Content-Type"] = "application/json";
    const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
    return fetch(this.#server + path, { method, headers, body: body && JSON.stringify(body), signal, cache: "no-store" });
  }
}
