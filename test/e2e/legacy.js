// The chats of a legacy web client: the requests that it makes and the frames that it knows, and
// nothing else. The test calls what is put on `globalThis.legacy`.

const PING_MS = 30_000;
const [state, chats, messages] = ['#state', '#chats', '#messages'].map((id) =>
  document.querySelector(id),
);

let api;
let token;
/** The chat on the screen, and the ids of the messages that it shows. */
let openId;
const shown = new Set();

const request = async (method, path, body) => {
  const answer = await fetch(`${api}${path}`, {
    method,
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
  const json = await answer.json();
  if (!answer.ok) throw new Error(json.message || json.error);
  return json;
};

const addLine = (list, text) => {
  const line = document.createElement('li');
  line.textContent = text;
  list.append(line);
};

const showMessage = ({ id, fromMe, text }) => {
  if (shown.has(id)) return;
  shown.add(id);
  addLine(messages, `${fromMe ? 'я' : 'собеседник'}: ${text}`);
};

const showChats = async () => {
  const list = await request('GET', '/api/chats');
  chats.replaceChildren();
  for (const { name, lastMessage } of list) addLine(chats, `${name}: ${lastMessage ?? ''}`);
  return list;
};

/** Signs in with a token, and opens the socket of the chats. */
const start = (where) => {
  ({ api, token } = where);
  const socket = new WebSocket(`${api.replace('http', 'ws')}/ws?token=${token}`);
  const ping = () => socket.send(JSON.stringify({ type: 'ping' }));
  socket.onopen = () => {
    ping();
    setInterval(ping, PING_MS);
  };
  socket.onmessage = ({ data }) => {
    const frame = JSON.parse(data);
    if (frame.type === 'pong') state.textContent = 'connected';
    if (frame.type === 'new_message' && frame.chatId === openId) showMessage(frame.message);
  };
};

const openChat = async (id) => {
  openId = id;
  shown.clear();
  messages.replaceChildren();
  for (const message of await request('GET', `/api/chats/${id}/messages`)) showMessage(message);
};

const openChatWith = async (peerUsername) => {
  const chat = await request('POST', '/api/chats', { type: 'user', peerUsername });
  await openChat(chat.id);
  return chat.id;
};

const send = async (text) =>
  showMessage(await request('POST', `/api/chats/${openId}/messages`, { text }));

globalThis.legacy = { start, showChats, openChat, openChatWith, send };
