/** Somebody of the example data; the phone is one that nobody has. */
export interface Character {
  readonly phone: string;
  readonly username: string;
  readonly displayName: string;
}

/** The ten people, who know each other by their places in this list. */
export const PEOPLE: readonly Character[] = [
  ['anna', 'Анна Петрова'],
  ['boris', 'Борис Волков'],
  ['vera', 'Вера Соколова'],
  ['gleb', 'Глеб Орлов'],
  ['darya', 'Дарья Журавлёва'],
  ['egor', 'Егор Грачёв'],
  ['zhanna', 'Жанна Лебедева'],
  ['ivan', 'Иван Чижов'],
  ['kira', 'Кира Синицына'],
  ['lev', 'Лев Голубев'],
].map(([username = '', displayName = ''], index) => ({
  phone: `+7999000010${index}`,
  username: `${username}_demo`,
  displayName,
}));

/** A message: who writes it, and what. */
export type Line = readonly [from: number, text: string];

/** A personal chat of two people, and what they write, in order. */
export interface Talk {
  readonly between: readonly [number, number];
  readonly lines: readonly Line[];
}

export const TALKS: readonly Talk[] = [
  {
    between: [0, 1],
    lines: [
      [0, 'Привет! Ты завтра на озеро?'],
      [1, 'Привет. Да, в девять у станции.'],
      [0, 'Отлично, я возьму бинокль 🔭'],
      [1, 'Тогда с меня чай'],
    ],
  },
  {
    between: [0, 2],
    lines: [
      [2, 'Анна, пришли, пожалуйста, снимки гнезда'],
      [0, 'Вечером пришлю, сейчас за рулём'],
      [2, 'Спасибо!'],
    ],
  },
  { between: [3, 0], lines: [[3, 'Позвони, когда будет минута']] },
  {
    between: [4, 5],
    lines: [
      [4, 'Ты видел журавлей над полем?'],
      [5, 'Видел! Штук сорок, не меньше.'],
    ],
  },
];

/** A group or channel: the first of `people` makes it. */
export interface Gathering {
  readonly type: 'group' | 'channel';
  readonly name: string;
  readonly description: string;
  readonly people: readonly number[];
  readonly lines: readonly Line[];
}

export const GATHERINGS: readonly Gathering[] = [
  {
    type: 'group',
    name: 'Поход на озеро',
    description: 'Суббота, девять утра, у станции',
    people: [1, 0, 2, 3, 6, 7],
    lines: [
      [1, 'Всем привет! Собираемся в субботу в девять.'],
      [6, 'Я буду с детьми, нас трое'],
      [7, 'А дождь не обещают?'],
      [2, 'Обещают солнце ☀️'],
      [0, 'Беру бинокль и термос'],
    ],
  },
  {
    type: 'channel',
    name: 'Новости заповедника',
    description: 'Кто прилетел, кто улетел',
    people: [8, 0, 1, 2, 3, 4, 5, 9],
    lines: [
      [8, 'Аисты вернулись на северный луг: две пары.'],
      [8, 'Тропа к вышке снова открыта.'],
    ],
  },
];

/** A call: who calls whom, and whether it is taken. */
export interface PastTalk {
  readonly from: number;
  readonly to: number;
  readonly answered: boolean;
}

export const CALLS: readonly PastTalk[] = [
  { from: 0, to: 1, answered: true },
  { from: 3, to: 0, answered: false },
  { from: 5, to: 4, answered: true },
];
