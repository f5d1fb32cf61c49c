"""Made-up people by the hundred thousand, in several scripts, and the slips of whoever types them."""

import random

# Beginnings, middles and ends of family names, by script; how many of a hundred people have them.
SCRIPTS = {
    "Latin": (62, "Ash Bar Black Brad Car Chal Cor Dal Dun El Fair Fen Gar Gran Hal Har Hart Hol "
              "Kel Kings Lang Lind Lock Mar Mont Nor Oak Pem Pres Ross Sher Stan Thorn Wal Wes Whit",
              "a be ber den der ding e er ing ister man mer o ster ten ting wood",
              "bourne bridge by cliffe combe croft dale den field ford gate ham hurst ley low man "
              "mere more ridge sey shaw son stead stone ton ville ward wick worth"),
    "accents": (14, "Ál Bé Çel Dví Éd Fér Gón Hör Já Jür Käs Lü Mär Müll Núñ Örd Pé Rü Sán Śli Vå Žiž",
                "a be da e er i ke le mi ne o re sa te ve",
                "åker bäck dóttir ér ez gård ič jøn kås låth mår nić ová öğlu ström úř ský ümer žek"),
    "Cyrillic": (8, "Ива Пет Сид Куз Поп Вол Смир Мор Нов Лебед Козл Степ Ники Орл Анд Мак Зах",
                 "а е и ни ло ме ро ти ва", "нов ров ский чук енко ова ева ин цкая тов лёв шин"),
    "Greek": (3, "Παπα Γεωργ Δημη Νικολ Καρα Βασ Αντων Οικονομ", "α ο ι δα κο μα",
              "πουλος ίδης άκης ίου άδης όγλου έας"),
    "Arabic": (4, "عبد محم خال سلي حسن يوس إبرا", "ا و ي ال", "الله دين رحمن كريم مان سين راوي"),
    "Devanagari": (3, "शर् वर् गुप् मिश् पटे जोश", "ा े ि ो", "मा ता ला रा नी कर वाल"),
    "Hangul": (3, "김 이 박 최 정 남궁 황보", "", "민 준 서 지 우 하늘 빛 나 영 호"),
    "Han": (3, "王 李 张 刘 陈 欧阳 司马", "", "伟 芳 娜 敏 静 丽 强 磊 洋 艳"),
}  # fmt: skip
GIVEN = {
    "Cyrillic": "Анна Мария Иван Пётр Ольга Юлия Борис Вера Глеб Дарья",
    "Greek": "Ελένη Γιώργος Μαρία Νίκος Σοφία",
    "Arabic": "فاطمة أحمد ليلى عمر مريم",
    "Devanagari": "राम सीता अनिल प्रिया मोहन",
    "Hangul": "민준 서연 지우 하준 은서",
    "Han": "伟明 晓红 建国 丽华 志强",
}
OTHERS = ("Ada Alba Amos Anna Arlo Beth Bram Carl Cleo Dana Dirk Edda Elif Emil Esme Finn Gale Greta Hana "
          "Hugo Ida Ines Ivan Jana Joel June Kaia Kurt Lars Lena Leon Lior Luca Maja Mara Mina Nell "
          "Nico Nina Noor Olga Omar Orla Otto Paul Petra Quin Rhea Rosa Rune Saga Sami Sara Seth Siri Tara Theo Tilda Umar Vera Viggo Willa Yara Yusuf Zoe")  # fmt: skip


def people(count, dice):
    """This many (family name, given name), the same for the same dice."""
    scripts, weights = list(SCRIPTS), [each[0] for each in SCRIPTS.values()]
    for script in dice.choices(scripts, weights, k=count):
        _, begins, middles, ends = SCRIPTS[script]
        family = dice.choice(begins.split()) + dice.choice(middles.split() or [""])
        yield family + dice.choice(ends.split()), dice.choice(GIVEN.get(script, OTHERS).split())


def one_off(name, dice):
    place = dice.randrange(len(name))
    return name[:place] + dice.choice(_letters_beside(name[place])) + name[place + 1 :]


def two_swapped(name, dice):
    places = [n for n in range(len(name) - 1) if name[n] != name[n + 1]]
    place = dice.choice(places)
    return name[:place] + name[place + 1] + name[place] + name[place + 2 :]


def one_missing(name, dice):
    place = dice.randrange(len(name))
    return name[:place] + name[place + 1 :]


def one_twice(name, dice):
    place = dice.randrange(len(name))
    return name[:place] + name[place] + name[place:]


SLIPS = [one_off, two_swapped, one_missing, one_twice]


def _letters_beside(letter):
    """Letters of the same script, so that somebody might have pressed one of them."""
    found = [chr(ord(letter) + step) for step in (-3, -2, -1, 1, 2, 3)]
    return [each for each in found if each.isalpha() and each != letter] or ["a"]


def dice(seed):
    return random.Random(seed)  # noqa: S311 -- nothing secret is drawn
