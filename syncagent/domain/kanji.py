"""Old and variant characters of names, each with the modern one that registers and forms mix it up with."""

from __future__ import annotations

_PAIRS = (
    "髙高 﨑崎 嵜崎 碕崎 邊辺 邉辺 齋斎 齊斎 斉斎 澤沢 濵浜 濱浜 櫻桜 廣広 國国 嶋島 嶌島 冨富 "
    "德徳 惠恵 榮栄 眞真 龍竜 瀨瀬 藏蔵 會会 學学 礒磯 條条 壽寿 曾曽 萬万 與与 豐豊 淺浅 淵渕 "
    "渊渕 圓円 應応 橫横 黑黒 惣総 權権 關関 觀観 檜桧 穗穂 實実 寬寛 將将 靜静 聰聡 增増 瀧滝 "
    "彌弥 禮礼 鐵鉄 鹽塩 縣県 舘館 假仮 來来 兒児 亞亜 壯壮 戶戸 步歩 每毎 靑青 絲糸 綠緑 緣縁 "
    "繪絵 號号 蘆芦 莊荘 葢蓋 螢蛍 衞衛 讓譲 賴頼 輕軽 遙遥 鄕郷 鍊錬 隱隠 靈霊 顯顕 飮飲 驒騨 "
    "鷗鴎 麴麹 麥麦 默黙 齒歯 龜亀 𠮷吉 槇槙 栁柳 晄晃 昻昂 凛凜 堯尭 單単 勳勲 勵励 "
    "淸清 彥彦 薰薫 曻昇 桒桑 圡土 冝宜 寳宝 寶宝 黃黄 晉晋 曉暁 巖巌 峯峰 嶽岳 奧奥 澁渋 恆恒 劍剣 釼剣 "
    "藪薮 樂楽 臺台 氣気 藥薬 淨浄 爲為 敎教 穰穣 薗園 埜野 "
)

MODERN = {ord(pair[0]): pair[1] for pair in _PAIRS.split()}
"""A table for ``str.translate``."""
