// What runs the page: its views, its token, and how often the node is asked.

import * as api from './api.js';
import { ChangesView } from './changes.js';
import { byId, h, setText } from './dom.js';
import { GroupView } from './group.js';
import { RecordsView } from './records.js';

const CALM = 2000;
const HURRIED = 1000;

/** How long a trouble is looked at more often. */
const HURRY_MAX = 120_000;

const views = {
  group: new GroupView(byId('group')),
  records: new RecordsView(byId('records')),
  changes: new ChangesView(byId('changes')),
};

let shown = '';
let lastAnswer = 0;
let troubleSince = 0;
let timer = 0;
let looking = false;

function route() {
  const [name, query] = location.hash.slice(1).split('?');
  const view = name in views ? name : 'group';
  for (const [id, other] of Object.entries(views)) {
    byId(id).hidden = id !== view;
    if (id !== view && id === shown) {
      other.leave?.();
    }
  }
  for (const link of document.querySelectorAll('nav a')) {
    if (link.getAttribute('href') === '#' + view) {
      link.setAttribute('aria-current', 'page');
    } else {
      link.removeAttribute('aria-current');
    }
  }
  if (shown && shown !== view) {
    byId('main').focus({ preventScroll: true });
    scrollTo(0, 0);
  }
  shown = view;
  views[view].enter?.(new URLSearchParams(query || ''));
  look();
}

/** Asks once, and again after a while as long as somebody can see it. */
async function look() {
  clearTimeout(timer);
  if (document.hidden || looking) {
    return;
  }
  looking = true;
  let well = false;
  let refused = false;
  try {
    well = await views.group.look(shown === 'group');
    lastAnswer = Date.now();
    notice('');
    const cluster = views.group.cluster;
    setText(byId('group-name'), cluster.group);
    document.title = (well ? '' : '● ') + cluster.group + ' – Fish';
  } catch (failure) {
    refused = failure.status === 401 || failure.status === 403;
    tell(failure);
  } finally {
    looking = false;
  }
  setText(byId('seen'), views.group.self ? `seen from ${views.group.self}` : '');
  troubleSince = well ? 0 : troubleSince || Date.now();
  if (refused) {
    return; // until there is another token
  }
  const hurried = troubleSince && Date.now() - troubleSince < HURRY_MAX;
  timer = setTimeout(look, hurried ? HURRIED : CALM);
}

function tell(failure) {
  if (!(failure instanceof api.Failure)) {
    // It goes on looking all the same: what failed may be of that one answer.
    notice('This page failed: ' + failure.message, 'bad');
    reportError(failure);
  } else if (failure.status === 403) {
    notice('This token may not see the group, which takes an admin. Its records and changes can be looked at.', 'warn');
  } else if (failure.status !== 401) {
    const since = lastAnswer ? ` What is shown is of ${new Date(lastAnswer).toLocaleTimeString('en-GB')}.` : '';
    notice(`The node that served this page: ${failure.message}.${since}`, 'bad');
  } else {
    notice('Without a token nothing is shown.', 'warn');
  }
}

function notice(text, level = '') {
  const place = byId('notices');
  if (place.textContent !== text) {
    place.replaceChildren(...(text ? [h('p', { class: 'notice ' + level }, text)] : []));
  }
}

function askForToken(why) {
  const dialog = byId('token-dialog');
  if (!dialog.open) {
    setText(byId('token-why'), why);
    byId('token-input').value = '';
    dialog.showModal();
  }
}

function tokenGiven() {
  const dialog = byId('token-dialog');
  if (dialog.returnValue === 'use' && byId('token-input').value.trim()) {
    api.useToken(byId('token-input').value.trim());
  } else if (dialog.returnValue === 'forget') {
    api.useToken('');
  }
  dialog.returnValue = '';
  showToken();
  asked = false;
  route();
}

function showToken() {
  setText(byId('token-button'), api.token() ? 'Token: in use' : 'Token');
}

/** Asked once by itself; after that only when somebody presses the button, so that nobody is in a trap. */
let asked = false;
api.onTokenWanted(why => {
  if (!asked) {
    asked = true;
    askForToken(why);
  }
});

byId('token-button').addEventListener('click', () => askForToken(''));
byId('token-dialog').addEventListener('close', tokenGiven);
document.querySelector('.skip').addEventListener('click', event => {
  event.preventDefault();
  byId('main').focus();
});
document.addEventListener('visibilitychange', look);
addEventListener('hashchange', route);
showToken();
route();
