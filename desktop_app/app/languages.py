"""Switching the language of everything: our texts, Qt's own, the fonts."""

from __future__ import annotations

from PySide6.QtCore import QLibraryInfo, QLocale, QObject, QTranslator
from PySide6.QtWidgets import QApplication

from desktop_app.config.catalogues import use_language
from desktop_app.ui.texts import retranslate_all
from desktop_app.ui.theme.theme import Theme

_LOCALES = {
    "ko": QLocale(QLocale.Language.Korean, QLocale.Country.SouthKorea),
    "en": QLocale(QLocale.Language.English, QLocale.Country.UnitedStates),
}


class LanguageSwitch(QObject):
    """Keeps Qt's translation of its own texts beside ours."""

    def __init__(self, app: QApplication, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._app = app
        self._translator: QTranslator | None = None

    def use(self, choice: str) -> str:
        """Speak ``choice`` ("system", "ko", "en") in what is built from now on; the code spoken."""
        code = use_language(choice)
        QLocale.setDefault(_LOCALES.get(code, _LOCALES["en"]))
        if self._translator is not None:
            self._app.removeTranslator(self._translator)
            self._translator = None
        if code != "en":
            translator = QTranslator(self)
            folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
            if translator.load(f"qtbase_{code}", folder):
                self._app.installTranslator(translator)
                self._translator = translator
        return code

    def switch(self, choice: str, theme: Theme) -> None:
        """Speak ``choice`` everywhere, in what is on screen too."""
        self.use(choice)
        theme.reword()
        retranslate_all()
