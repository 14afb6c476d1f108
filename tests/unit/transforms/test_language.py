from transforms.language import language_of


def test_an_english_paragraph_is_english():
    assert language_of("The ferry across the river was late again this morning, and nobody on the pier knew why.") == "en"


def test_a_german_paragraph_is_german():
    assert (
        language_of("Die Fähre über den Fluss kam heute Morgen wieder zu spät, und niemand am Ufer wusste, warum das so war.")
        == "de"
    )


def test_a_few_words_are_too_little_to_tell():
    assert language_of("The ferry was late again.") is None


def test_figures_and_signs_are_no_letters_to_tell_by():
    assert language_of("12 34 56 78 90 – " * 20) is None


def test_a_script_from_right_to_left_is_known():
    assert language_of("تأخرت العبارة مرة أخرى هذا الصباح ولم يعرف أحد على الرصيف السبب وراء ذلك التأخير الطويل اليوم") == "ar"
