/**
 * 256 pictures of things that differ at a glance and have a plain name: no faces, no flags, no
 * variants of one thing by colour, sex or skin. One code point each. What stands here is part of
 * what both sides compare, so a place never changes.
 */
const PICTURES =
  '🐵🐶🐺🦊🐱🦁🐯🐴🦄🦓🦌🐮🐷🐗🐏🐐🐪🦙🦒🐘🦏🦛🐭🐹🐰🦔🦇🐻🐨🐼🦥🦘' +
  '🦃🐔🐣🐧🦆🦢🦉🦩🦚🦜🐸🐊🐢🦎🐍🐲🦕🐳🐬🐟🐡🦈🐙🐚🐌🦋🐛🐜🐝🐞🦗🦂' +
  '🌹🌻🌷🌲🌴🌵🌾🍀🍁🍄🍇🍈🍉🍊🍋🍌🍍🥭🍎🍐🍑🍒🍓🥝🍅🥥🥑🍆🥔🥕🌽🥦' +
  '🧄🧅🥜🌰🍞🥐🥨🧀🍖🍗🥓🍔🍟🍕🌭🥪🌮🥚🍳🍲🥗🍿🧂🍙🍜🍣🍤🍦🍩🍪🎂🍫' +
  '🍬🍭🍯🍼🥛🍵🍾🍷🍸🍺🥤🧃🥄🏺🌍🧭🌋🗻🏠🏥🏰🗽⛪⛲⛺🎡🎪🚂🚌🚑🚒🚕' +
  '🚚🚜🚲🛴🛵⛽🚦⚓⛵🚤🚢🛫🚁🚀🛸⏰⌛🌛🌞⭐🌈☔⚡⛄🔥💧🎃🎄🎆🎈🎁🏆' +
  '⚽🏀🏈🎾🎳🏓🥊⛳🎣🎿🛷🥌🎯🪀🪁🎱🔮🎮🎲🧩🧸🎨🧵🧶👓👔👕👖🧣🧤👗👙' +
  '👜🎒👟👠👢👑🎩🎓💄💍💎📢🔔🎵🎤🎧📻🎷🎸🎹🎺🎻🥁📱🔋💡🔦📕💰🔑🔨🧲';

/** The table that four emoji are taken from. */
export const EMOJI: readonly string[] = Array.from(PICTURES);
