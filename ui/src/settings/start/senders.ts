// Where the URL belongs in the products that send webhooks, and what is worth knowing before.
//
// Sources: docs.github.com/webhooks, docs.gitlab.com/user/project/integrations/webhooks,
// docs.stripe.com/webhooks, shopify.dev/docs/apps/build/webhooks, docs.slack.dev/apis/events-api,
// twilio.com/docs/usage/webhooks, goharbor.io/docs configure-webhooks, docs.docker.com/docker-hub,
// docs.discord.com/developers/events/webhook-events, linear.app/developers/webhooks,
// standardwebhooks.com.

import type { Language } from "../../state/prefs.svelte";

type Said = Readonly<Record<Language, string>>;

interface Sender {
  id: string;
  name: Said;
  /** How a request shows that it is the sender's. */
  proof: Said;
  where: Said;
  note: Said;
}

/** The same in every language. */
const same = (text: string): Said => ({ en: text, zh: text });

const HMAC: Said = { en: "signed, HMAC", zh: "HMAC 签名" };

export const SENDERS: readonly Sender[] = [
  {
    id: "github",
    name: same("GitHub"),
    proof: HMAC,
    where: {
      en: "Repository › Settings › Webhooks › Add webhook: “Payload URL”, with content type application/json.",
      zh: "仓库 › Settings › Webhooks › Add webhook：填入 “Payload URL”，内容类型选 application/json。",
    },
    note: {
      en: "It signs only when a secret is set, waits 10 s, and does not try again by itself.",
      zh: "设置了 secret 才会签名；等待 10 秒，不会自动重试。",
    },
  },
  {
    id: "gitlab",
    name: same("GitLab"),
    proof: { en: "secret token", zh: "密钥令牌" },
    where: {
      en: "Project › Settings › Webhooks › Add new webhook: “URL”.",
      zh: "项目 › Settings › Webhooks › Add new webhook：填入 “URL”。",
    },
    note: {
      en: "The secret token is sent as it is, in X-Gitlab-Token. A webhook that fails four times in a row is switched off for a while.",
      zh: "密钥令牌以原文在 X-Gitlab-Token 中发送。连续失败四次的 webhook 会被暂时停用。",
    },
  },
  {
    id: "stripe",
    name: same("Stripe"),
    proof: HMAC,
    where: {
      en: "Dashboard › Workbench › Webhooks › Add destination › Webhook endpoint: “Endpoint URL”.",
      zh: "Dashboard › Workbench › Webhooks › Add destination › Webhook endpoint：填入 “Endpoint URL”。",
    },
    note: {
      en: "Its signing secret begins with whsec_. In live mode it tries again for up to three days; repeats happen.",
      zh: "签名密钥以 whsec_ 开头。正式模式下最多重试三天，可能会有重复。",
    },
  },
  {
    id: "shopify",
    name: same("Shopify"),
    proof: HMAC,
    where: {
      en: "Admin › Settings › Notifications › Webhooks › Create webhook: “URL”, format JSON.",
      zh: "后台 › 设置 › 通知 › Webhooks › 创建 webhook：填入 “URL”，格式选 JSON。",
    },
    note: {
      en: "It waits 5 s and wants a 2xx; 8 more tries within 4 hours.",
      zh: "等待 5 秒，需要 2xx 应答；4 小时内再试 8 次。",
    },
  },
  {
    id: "slack",
    name: same("Slack"),
    proof: HMAC,
    where: {
      en: "api.slack.com/apps › your app › Event Subscriptions › Enable Events: “Request URL”.",
      zh: "api.slack.com/apps › 您的应用 › Event Subscriptions › Enable Events：填入 “Request URL”。",
    },
    note: {
      en: "First it asks for a challenge to be echoed within 3 s: let your application answer, in the endpoint's settings.",
      zh: "首次会要求在 3 秒内回传 challenge：请在端点的设置中选择由您的应用应答。",
    },
  },
  {
    id: "twilio",
    name: same("Twilio"),
    proof: HMAC,
    where: {
      en: "Console › Phone Numbers › Active numbers › a number › Messaging or Voice: “Webhook”, HTTP POST.",
      zh: "Console › Phone Numbers › Active numbers › 某个号码 › Messaging 或 Voice：填入 “Webhook”，选 HTTP POST。",
    },
    note: {
      en: "It wants TwiML as the answer, and signs the URL too: paste it exactly as it is.",
      zh: "需要以 TwiML 应答；签名也包含网址，请原样粘贴。",
    },
  },
  {
    id: "harbor",
    name: same("Harbor"),
    proof: { en: "auth header", zh: "认证请求头" },
    where: {
      en: "Project › Webhooks › New Webhook: “Endpoint URL”; and as “Auth Header” the word Bearer, a space and the token.",
      zh: "项目 › Webhooks › New Webhook：填入 “Endpoint URL”；“Auth Header” 填 Bearer、空格和令牌。",
    },
    note: {
      en: "It sends the header as it was typed and signs nothing. It waits 3 s and tries up to 3 times more.",
      zh: "请求头按填写的内容原样发送，没有签名。等待 3 秒，最多再试 3 次。",
    },
  },
  {
    id: "docker-hub",
    name: same("Docker Hub"),
    proof: { en: "none", zh: "无" },
    where: {
      en: "Repository › Webhooks: “Webhook URL”.",
      zh: "仓库 › Webhooks：填入 “Webhook URL”。",
    },
    note: {
      en: "It proves nothing: have the endpoint ask for its token, and put ?token=… behind the URL.",
      zh: "没有来源证明：请让端点要求令牌，并在网址后加上 ?token=…。",
    },
  },
  {
    id: "discord",
    name: same("Discord"),
    proof: { en: "signed, Ed25519", zh: "Ed25519 签名" },
    where: {
      en: "Developer Portal › your app › Webhooks: “Endpoint URL”, then switch Events on.",
      zh: "Developer Portal › 您的应用 › Webhooks：填入 “Endpoint URL”，再打开 Events。",
    },
    note: {
      en: "While you save it sends a ping, also a wrongly signed one: let your application check and answer it.",
      zh: "保存时会发送 ping，其中也有签名错误的：请由您的应用验证并应答。",
    },
  },
  {
    id: "linear",
    name: same("Linear"),
    proof: HMAC,
    where: {
      en: "Settings › API › Webhooks › New webhook: “URL”.",
      zh: "Settings › API › Webhooks › New webhook：填入 “URL”。",
    },
    note: {
      en: "It makes the signing secret itself and shows it on the webhook's page; the signature is in Linear-Signature.",
      zh: "签名密钥由它生成，显示在 webhook 的页面上；签名位于 Linear-Signature。",
    },
  },
  {
    id: "standard",
    name: same("Standard Webhooks"),
    proof: HMAC,
    where: {
      en: "In the sender's settings for webhooks: the URL of a new endpoint.",
      zh: "在发送方的 webhook 设置中：新端点的网址。",
    },
    note: {
      en: "Its secret begins with whsec_; the headers are webhook-id, webhook-timestamp and webhook-signature.",
      zh: "密钥以 whsec_ 开头；请求头为 webhook-id、webhook-timestamp 和 webhook-signature。",
    },
  },
  {
    id: "other",
    name: { en: "Anything else", zh: "其他" },
    proof: { en: "a token, if it can", zh: "可用令牌" },
    where: {
      en: "Wherever it asks for a URL, a callback or a webhook.",
      zh: "任何要求填写网址、回调或 webhook 的地方。",
    },
    note: {
      en: "Any method and any body is kept as it came. A sender that can set a header may show the token as “Authorization: Bearer …”.",
      zh: "任何方法、任何正文都原样保存。能设置请求头的发送方可以用 “Authorization: Bearer …” 出示令牌。",
    },
  },
];
