# ruff: noqa: E501  (a table has a row a line)
"""What a store sells, as tables: lines of goods, the tastes and sizes they come in, and the brands; all invented."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Taste:
    """One variety of a line of goods."""

    name: str
    ink: str
    """Colour by which the package tells it from its twins, #rrggbb."""
    food: str
    """Colour of what is inside, #rrggbb."""


@dataclass(frozen=True)
class Amount:
    """One size of a line of goods."""

    text: str
    millimetres: tuple[float, float, float]
    """Width, depth and height of the package."""
    grams: float
    price: float


@dataclass(frozen=True)
class Line:
    """A line of goods; each brand makes it in all its tastes and amounts."""

    title: str
    department: str
    shape: str
    style: str
    """Which variant of the shape: see the builder of the shape."""
    motif: str
    """What is pictured on the label: see `labels.motifs`."""
    tastes: tuple[Taste, ...]
    amounts: tuple[Amount, ...]
    brands: int = 2


@dataclass(frozen=True)
class Fruit:
    """A kind of loose produce."""

    name: str
    plu: str
    millimetres: tuple[float, float, float]
    grams: float
    price: float


BRANDS = {
    "breakfast": ("Morgenrot", "Halmora", "Kornelin", "Dawnlea"),
    "pantry": ("Cecco Nori", "Tavoletta", "Zafferina", "Murabelle", "Oldacre"),
    "hot drinks": ("Kupferle", "Nuitbrune", "Tenmara", "Ashwillow"),
    "drinks": ("Brisara", "Solvinda", "Quellina", "Pomonette"),
    "dairy": ("Almwies", "Cremura", "Molkenau", "Lactelle"),
    "snacks": ("Knackora", "Crispello", "Salzig & Co", "Tuckbury"),
    "fresh": ("Hofgarten", "Verdalia", "Landmar"),
    "household": ("Klarwisch", "Lavendro", "Blinkora", "Purelune"),
    "care": ("Mintessa", "Dermalind", "Florabel"),
    "frozen": ("Fjordeis", "Gelmonda", "Nordvik Fare"),
}


def _tastes(*rows: str) -> tuple[Taste, ...]:
    return tuple(Taste(*(cell.strip() for cell in row.split("|"))) for row in rows)


# fmt: off
_OATS = _tastes("|#b98a3e|#d8bd8c", "fine|#7d9a5b|#dcc79c")
_MUESLI = _tastes("fruit|#a8443f|#c99a63", "nut|#8a5a33|#b98a55", "chocolate|#553527|#7a5236")
_TEA = _tastes("peppermint|#5f9a78|#6f8f4c", "camomile|#d3a83c|#d9bb62", "rooibos|#a9502f|#8f4a2b", "fennel|#93a64d|#a9ad6a")
_COFFEE = _tastes("mild|#b5884f|#4b2f20", "strong|#7b2d2b|#3a2218", "decaf|#3f6e8c|#523626")
_COCOA = _tastes("|#6b4230|#5a3322", "less sweet|#8f5f7a|#5a3322")
_RICE = _tastes("jasmine|#6a9a8d|#e9e3d2", "basmati|#b98c3c|#e8dfc4", "wholegrain|#8b6a43|#b99a6a")
_PASTA = _tastes("penne|#b5483a|#dcb968", "fusilli|#4d7f9b|#dcb968", "wholewheat|#8d6a43|#a97f4d")
_TOMATO = _tastes("chopped|#b23b2e|#b5372a", "with basil|#55803f|#b5372a")
_PULSES = _tastes("chickpeas|#c79a45|#d3b079", "red kidney beans|#8e3b3b|#6d2a2a", "lentils|#6c8052|#7d6a43")
_FISH = _tastes("in brine|#4a7fa3|#c9a58c", "in oil|#c2a13f|#c9a58c")
_SODA = _tastes("lemon|#cdb83f|#e9e3c0", "orange|#cf7a36|#d98a3d", "cola|#7c2f2d|#3c2018", "zero sugar|#4c4f55|#3c2018")
_JUICE = _tastes("orange|#d98a35|#e0962f", "apple|#8fa845|#d0a548", "multivitamin|#c2574a|#dd8a3c")
_SAUCE = _tastes("tomato|#ad3a30|#a32a20", "hot|#5d2a28|#8f2319", "curry|#c48a36|#a9511f")
_OIL = _tastes("rapeseed|#c9a93c|#d9b23c", "sunflower|#d98f3a|#e3c35c", "olive|#6f7f3f|#a39a34")
_JAM = _tastes("strawberry|#b23f45|#9b2027", "apricot|#d9923f|#cf7d22", "blueberry|#4d4a7d|#2b2038", "cherry|#842c3d|#5d1420")
_PICKLE = _tastes("gherkins|#5f8047|#7d8f3d", "silverskin onions|#9aa58f|#dcd8c0", "beetroot|#7d2f4a|#6d1732")
_HONEY = _tastes("blossom|#d3a43c|#c98a1e", "forest|#7b5a33|#7d4716")
_SPREAD = _tastes("hazelnut|#8a5a3a|#4d2a18", "peanut|#c1883f|#a9733a")
_MILK = _tastes("whole|#3f6fa5|#f4f1e8", "low fat|#74a9c7|#f4f1e8", "lactose free|#8d7fb0|#f4f1e8")
_DRINK = _tastes("oat|#b99a5b|#e8dcc3", "almond|#8fa3b5|#eae0d0", "soya|#8aa363|#eae3cc")
_CRISPS = _tastes("salted|#b5453d|#e0b64f", "paprika|#c9762f|#d3903f", "sour cream|#6f9a5c|#e0c06a", "vinegar|#4a7a99|#e0c06a")
_NUTS = _tastes("cashews|#c29a5a|#dfc193", "almonds|#7d4f38|#8f5c3a", "trail mix|#6d7f4f|#8d6a48")
_SWEETS = _tastes("fruit gums|#c2536a|#c25a3c", "sour worms|#7fa845|#a9b03c", "liquorice|#4d4650|#2a2226")
_BISCUIT = _tastes("butter|#c9a04b|#d0a15d", "chocolate|#6a402f|#5d3825", "oat|#8f9a5d|#b58a54")
_CLEAN = _tastes("lemon|#d3bd45|#d9c95a", "lavender|#8d79ad|#a795c4", "ocean|#4f93ab|#6fb0c4")
_WASH = _tastes("colour|#b0508a|#c27fa9", "universal|#4a78b0|#6a93c9", "sensitive|#86aab0|#b9cfd3")
_SHAMPOO = _tastes("camomile|#d3b358|#dcc98a", "mint|#5f9f92|#8fc4b5", "repair|#a97f9f|#c9a9bf")
_PASTE = _tastes("mint|#4f9aa5|#e8f0f0", "herbal|#6f9a5c|#e8f0e4", "whitening|#4a6fb0|#e8eaf3")
_PUREE = _tastes("tomato|#b03a2e|#a32a20", "harissa|#8a2d25|#8f2319", "garlic|#b5a679|#e0d3a9")
_FREEZE = _tastes("peas|#5f8f45|#7da83f", "spinach|#3f6f4a|#3f6a33", "berries|#8a3f5d|#7d2440", "mixed vegetables|#c98a3c|#b58a3c")
_PIZZA = _tastes("margherita|#b2433a|#c25a34", "salami|#7d2f2d|#a9452c", "spinach|#55804f|#7d8a45")
_YOGHURT = _tastes("natural|#6a93b5|#f4f1ea", "vanilla|#d9bd6a|#f0e3bd", "strawberry|#c2606d|#e3a5a5")
_MINCE = _tastes("beef|#8e3b35|#8f2f2a", "mixed|#b0655a|#b05a50", "plant-based|#6f8a52|#9a5a48")
_FILLET = _tastes("chicken|#c9a154|#e0b7a0", "turkey|#b5704f|#dba894")
_TRAYVEG = _tastes("cherry tomatoes|#b23b2e|#b5301f", "mushrooms|#8d7f6a|#e3d7c3", "strawberries|#a8353f|#a9201f")
_EGGS = _tastes("free range|#6f8f52|#c98f63", "organic|#3f7a4a|#d9b08a", "barn|#b08a4a|#e3cdb0")
_SUGAR = _tastes("sugar|#4a78b0|#f4f2ee", "icing sugar|#b5607a|#f4f2ee")
_FLOUR = _tastes("wheat flour|#a8823f|#efe6d0", "spelt flour|#7d8a4a|#e0cfa9", "rye flour|#6a4f3a|#c9b590")
# fmt: on


def _amounts(*rows: tuple[str, float, float, float, float, float]) -> tuple[Amount, ...]:
    return tuple(Amount(text, (x, y, z), grams, price) for text, x, y, z, grams, price in rows)


# fmt: off
LINES = (
    Line("rolled oats", "breakfast", "carton", "tall", "flakes", _OATS, _amounts(("500 g", 120, 65, 190, 540, 1.59), ("750 g", 135, 75, 215, 800, 2.19))),
    Line("muesli", "breakfast", "carton", "tall", "bowl", _MUESLI, _amounts(("375 g", 150, 55, 230, 420, 2.99), ("600 g", 180, 65, 260, 660, 3.99))),
    Line("granola", "breakfast", "pouch", "standup", "flakes", _MUESLI, _amounts(("400 g", 150, 75, 230, 415, 3.79))),
    Line("tea", "hot drinks", "carton", "wide", "leaves", _TEA, _amounts(("20 bags", 130, 62, 72, 65, 2.29), ("40 bags", 150, 75, 80, 110, 3.49))),
    Line("ground coffee", "hot drinks", "pouch", "brick", "beans", _COFFEE, _amounts(("250 g", 80, 52, 125, 262, 4.29), ("500 g", 95, 62, 165, 515, 6.99))),
    Line("coffee beans", "hot drinks", "pouch", "standup", "beans", _COFFEE, _amounts(("250 g", 115, 65, 200, 265, 5.49))),
    Line("cocoa", "hot drinks", "can", "canister", "cup", _COCOA, _amounts(("250 g", 85, 85, 130, 330, 3.49))),
    Line("rice", "pantry", "carton", "flat", "grains", _RICE, _amounts(("500 g", 110, 45, 165, 525, 1.79), ("1 kg", 130, 58, 200, 1030, 2.79))),
    Line("pasta", "pantry", "pouch", "pillow", "pasta", _PASTA, _amounts(("500 g", 165, 65, 230, 508, 1.49))),
    Line("tomatoes", "pantry", "can", "food", "tomatoes", _TOMATO, _amounts(("400 g", 75, 75, 110, 460, 1.19), ("800 g", 100, 100, 119, 900, 1.99))),
    Line("", "pantry", "can", "food", "pulses", _PULSES, _amounts(("400 g", 75, 75, 110, 465, 0.99), ("200 g", 66, 66, 80, 245, 0.75))),
    Line("tuna", "pantry", "can", "flat", "fish", _FISH, _amounts(("160 g", 85, 85, 42, 205, 1.89))),
    Line("soda", "drinks", "can", "drink", "bubbles", _SODA, _amounts(("0.33 l", 66, 66, 115, 345, 0.79))),
    Line("soda", "drinks", "bottle", "pet", "bubbles", _SODA[:3], _amounts(("0.5 l", 66, 66, 225, 525, 1.09), ("1 l", 84, 84, 280, 1040, 1.59)), 1),
    Line("juice", "drinks", "gable_top", "cap", "slices", _JUICE, _amounts(("1 l", 72, 72, 240, 1070, 1.99))),
    Line("juice", "drinks", "bottle", "juice", "slices", _JUICE, _amounts(("0.75 l", 78, 78, 240, 790, 2.49))),
    Line("ketchup", "pantry", "bottle", "squeeze", "tomatoes", _SAUCE, _amounts(("450 ml", 84, 55, 195, 545, 2.19))),
    Line("oil", "pantry", "bottle", "oil", "drops", _OIL, _amounts(("0.5 l", 66, 66, 265, 690, 4.49), ("0.75 l", 75, 75, 295, 970, 5.99)), 1),
    Line("jam", "breakfast", "jar", "round", "berries", _JAM, _amounts(("340 g", 76, 76, 105, 540, 2.29))),
    Line("", "pantry", "jar", "tall", "pickles", _PICKLE, _amounts(("370 ml", 74, 74, 135, 580, 1.79))),
    Line("honey", "breakfast", "jar", "squat", "comb", _HONEY, _amounts(("350 g", 82, 82, 88, 540, 4.59), ("500 g", 88, 88, 105, 720, 5.79))),
    Line("spread", "breakfast", "jar", "squat", "nuts", _SPREAD, _amounts(("400 g", 86, 86, 100, 610, 3.29))),
    Line("milk", "dairy", "gable_top", "plain", "pasture", _MILK, _amounts(("1 l", 70, 70, 235, 1060, 1.25), ("0.5 l", 70, 70, 150, 540, 0.79))),
    Line("drink", "dairy", "gable_top", "cap", "grainwave", _DRINK, _amounts(("1 l", 70, 70, 238, 1065, 1.89))),
    Line("crisps", "snacks", "crisps", "bag", "crisps", _CRISPS, _amounts(("150 g", 190, 85, 270, 160, 1.99), ("40 g", 130, 55, 175, 46, 0.89))),
    Line("", "snacks", "pouch", "standup", "nuts", _NUTS, _amounts(("200 g", 130, 55, 190, 210, 3.29))),
    Line("", "snacks", "pouch", "pillow", "gums", _SWEETS, _amounts(("200 g", 150, 45, 190, 206, 1.39))),
    Line("biscuits", "snacks", "carton", "slab", "biscuits", _BISCUIT, _amounts(("200 g", 190, 50, 80, 235, 1.89))),
    Line("all-purpose cleaner", "household", "bottle", "cleaner", "bubbles", _CLEAN, _amounts(("1 l", 95, 60, 260, 1060, 1.99))),
    Line("washing powder", "household", "carton", "chest", "bubbles", _WASH[:2], _amounts(("1.3 kg", 190, 75, 215, 1420, 5.99)), 1),
    Line("liquid detergent", "household", "bottle", "cleaner", "drops", _WASH, _amounts(("1.5 l", 115, 75, 275, 1590, 6.49)), 1),
    Line("shampoo", "care", "bottle", "squeeze", "leaves", _SHAMPOO, _amounts(("250 ml", 66, 42, 190, 290, 2.49))),
    Line("toothpaste", "care", "tube", "wide", "swoosh", _PASTE, _amounts(("75 ml", 56, 38, 155, 105, 1.49), ("125 ml", 64, 44, 185, 165, 2.19))),
    Line("paste", "pantry", "tube", "slim", "tomatoes", _PUREE, _amounts(("200 g", 54, 36, 165, 222, 1.29))),
    Line("", "frozen", "pouch", "pillow", "vegetables", _FREEZE, _amounts(("450 g", 180, 50, 230, 458, 2.29))),
    Line("pizza", "frozen", "carton", "pizza", "pizza", _PIZZA, _amounts(("350 g", 260, 38, 265, 430, 2.99))),
    Line("yoghurt", "dairy", "jar", "yoghurt", "cream", _YOGHURT, _amounts(("500 g", 92, 92, 125, 760, 1.79))),
    Line("mince", "fresh", "tray", "deep", "mince", _MINCE, _amounts(("400 g", 190, 135, 52, 425, 4.49))),
    Line("breast fillet", "fresh", "tray", "shallow", "fillet", _FILLET, _amounts(("350 g", 215, 150, 42, 378, 5.49), ("600 g", 240, 165, 48, 635, 8.49)), 1),
    Line("", "fresh", "tray", "punnet", "punnet", _TRAYVEG, _amounts(("250 g", 145, 105, 62, 272, 2.29))),
    Line("eggs", "fresh", "egg_box", "pulp", "egg", _EGGS, _amounts(("10 pcs", 245, 110, 68, 680, 3.19), ("6 pcs", 152, 110, 68, 412, 2.19))),
    Line("", "pantry", "pouch", "brick", "crystals", _SUGAR, _amounts(("1 kg", 85, 58, 165, 1010, 1.19)), 1),
    Line("", "pantry", "pouch", "brick", "wheat", _FLOUR, _amounts(("1 kg", 100, 65, 175, 1010, 0.99)), 1),
)
# fmt: on

FRUITS = (
    Fruit("red apple", "4016", (76, 75, 70), 180, 0.55),
    Fruit("green apple", "4017", (74, 74, 68), 170, 0.55),
    Fruit("pear", "4409", (68, 67, 98), 185, 0.65),
    Fruit("banana", "4011", (190, 62, 70), 165, 0.35),
    Fruit("orange", "4012", (78, 78, 76), 210, 0.69),
    Fruit("lemon", "4053", (86, 60, 60), 115, 0.49),
    Fruit("lime", "4048", (62, 50, 50), 72, 0.39),
    Fruit("tomato", "4664", (70, 70, 58), 135, 0.45),
    Fruit("cucumber", "4062", (310, 50, 48), 380, 0.89),
    Fruit("courgette", "4067", (200, 48, 48), 260, 0.79),
    Fruit("potato", "4072", (92, 66, 58), 200, 0.39),
    Fruit("red pepper", "4688", (82, 80, 98), 190, 0.95),
    Fruit("yellow pepper", "4689", (82, 80, 98), 190, 0.95),
    Fruit("avocado", "4225", (70, 70, 102), 190, 1.29),
    Fruit("onion", "4093", (72, 71, 78), 150, 0.29),
    Fruit("kiwi", "4030", (70, 52, 50), 90, 0.35),
)
