//! 256 words that are short, unlike each other, and said and written nearly alike in English and German.
//!
//! The list is part of the protocol: both programs must show the same word, so entries are never moved or changed.

#[rustfmt::skip]
pub(super) const WORDS: [&str; 256] = [
    "alarm", "album", "alpha", "ananas", "april", "aquarium", "arena", "aroma", "atlas", "atom", "auto", "ball",
    "ballet", "banana", "band", "bank", "bar", "baron", "basis", "beta", "bison", "bonus", "boss", "box", "bravo",
    "bronze", "bungalow", "bus", "butter", "cafe", "camping", "canyon", "cartoon", "cello", "champion", "chance",
    "charter", "chip", "clown", "club", "cobra", "cocktail", "cola", "comet", "comic", "computer", "cowboy",
    "cricket", "curry", "delta", "diesel", "disco", "dollar", "domino", "drama", "duo", "echo", "emu", "express",
    "fan", "farm", "festival", "film", "filter", "finger", "fitness", "flamingo", "flora", "forum", "frost", "gala",
    "gold", "golf", "gong", "gorilla", "grill", "hammer", "hamster", "hand", "hobby", "hockey", "horizon", "hotel",
    "humor", "import", "index", "indigo", "instinct", "iris", "jaguar", "jazz", "jeans", "jet", "joker", "judo",
    "jumbo", "jury", "karate", "karma", "kayak", "kilo", "kimono", "kiosk", "kiwi", "koala", "lagoon", "lama",
    "laser", "lava", "leopard", "level", "liter", "lotus", "magnet", "mammut", "mango", "marathon", "melody",
    "meter", "mikado", "minus", "moment", "monitor", "motor", "museum", "nebula", "nest", "nickel", "ninja", "nova",
    "oasis", "ocean", "olive", "opal", "opera", "option", "orange", "orbit", "organ", "otter", "oxygen", "panda",
    "panther", "papaya", "paprika", "parade", "park", "party", "pasta", "pedal", "pelican", "pepper", "piano",
    "picnic", "pilot", "pinguin", "pirat", "pixel", "pizza", "plan", "planet", "polar", "polo", "pony", "pool",
    "poster", "prism", "profit", "pudding", "puma", "quartz", "quiz", "rabbit", "radar", "radio", "ranch", "reggae",
    "ring", "robot", "rock", "rodeo", "rose", "rubin", "safari", "salami", "salon", "samba", "sand", "sandal",
    "satin", "saturn", "sauna", "sector", "senator", "signal", "ski", "slalom", "snack", "sofa", "solar", "spinat",
    "spiral", "sport", "stereo", "stop", "storm", "studio", "sultan", "surfer", "symbol", "tandem", "tango", "taxi",
    "team", "teddy", "tempo", "tennis", "terrier", "ticket", "tiger", "timer", "toast", "tomato", "tornado",
    "torpedo", "tourist", "transit", "tulip", "tundra", "tunnel", "turban", "turbo", "twist", "union", "vanilla",
    "vase", "vector", "video", "villa", "viola", "violet", "vision", "vulkan", "wagon", "walrus", "watt", "wind",
    "winter", "wolf", "yacht", "yoga", "zebra", "zero", "zigzag", "zone", "zoo",
];
